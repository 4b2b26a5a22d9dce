namespace Turnstone.Server.Portal.Profile.Security;

/// <summary>The words of the security pages, in SecurityWords.resx and its translations.</summary>
public sealed class SecurityWords;
