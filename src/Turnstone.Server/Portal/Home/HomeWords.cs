namespace Turnstone.Server.Portal.Home;

/// <summary>The words of the first page, in HomeWords.resx and its translations.</summary>
public sealed class HomeWords;
