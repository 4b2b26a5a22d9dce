namespace Turnstone.Server.Portal.Sessions;

/// <summary>The words of the sessions and consents, in SessionsWords.resx and its translations.</summary>
public sealed class SessionsWords;
