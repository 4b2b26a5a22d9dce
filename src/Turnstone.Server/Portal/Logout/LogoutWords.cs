namespace Turnstone.Server.Portal.Logout;

public sealed class LogoutWords;
