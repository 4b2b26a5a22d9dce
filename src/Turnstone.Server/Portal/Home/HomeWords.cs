namespace Turnstone.Server.Portal.Home;

public sealed class HomeWords;
