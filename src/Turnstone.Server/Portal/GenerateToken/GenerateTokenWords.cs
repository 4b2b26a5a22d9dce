namespace Turnstone.Server.Portal.GenerateToken;

/// <summary>The words of the page that gives a token set, in GenerateTokenWords.resx and its translations.</summary>
public sealed class GenerateTokenWords;
