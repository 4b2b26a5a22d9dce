namespace Turnstone.Server.Portal.Outbox;

public sealed class OutboxWords;
