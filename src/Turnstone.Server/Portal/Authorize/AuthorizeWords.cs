namespace Turnstone.Server.Portal.Authorize;

/// <summary>
/// The words of the page that asks whether a program is let in, in AuthorizeWords.resx and its translations.
/// </summary>
public sealed class AuthorizeWords;
