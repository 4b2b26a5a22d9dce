namespace Turnstone.Server.Portal.Profile;

public sealed class ProfileWords;
