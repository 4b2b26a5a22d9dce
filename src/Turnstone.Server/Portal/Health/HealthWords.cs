namespace Turnstone.Server.Portal.Health;

public sealed class HealthWords;
