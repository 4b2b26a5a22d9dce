namespace Turnstone.Server.Portal.Welcome;

/// <summary>The texts of the front page.</summary>
public sealed class WelcomeWords;
