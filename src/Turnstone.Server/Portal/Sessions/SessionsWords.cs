namespace Turnstone.Server.Portal.Sessions;

public sealed class SessionsWords;
