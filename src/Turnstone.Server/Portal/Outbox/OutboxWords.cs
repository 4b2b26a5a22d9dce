namespace Turnstone.Server.Portal.Outbox;

/// <summary>The words of the development outbox, in OutboxWords.resx and its translations.</summary>
public sealed class OutboxWords;
