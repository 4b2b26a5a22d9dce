namespace Turnstone.Server.Portal.Activity;

/// <summary>The words of the record, in ActivityWords.resx and its translations.</summary>
public sealed class ActivityWords;
