namespace Turnstone.Server.Portal.Profile;

/// <summary>The words of the profile, in ProfileWords.resx and its translations.</summary>
public sealed class ProfileWords;
