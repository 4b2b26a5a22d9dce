namespace Turnstone.Server.Portal.Authorize;

public sealed class AuthorizeWords;
