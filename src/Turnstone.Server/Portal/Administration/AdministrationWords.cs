namespace Turnstone.Server.Portal.Administration;

public sealed class AdministrationWords;
