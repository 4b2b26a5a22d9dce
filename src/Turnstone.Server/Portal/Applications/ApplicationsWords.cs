namespace Turnstone.Server.Portal.Applications;

public sealed class ApplicationsWords;
