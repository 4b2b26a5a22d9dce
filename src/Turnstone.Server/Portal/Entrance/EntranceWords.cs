namespace Turnstone.Server.Portal.Entrance;

/// <summary>The words of the pages on the way in, in EntranceWords.resx and its translations.</summary>
public sealed class EntranceWords;
