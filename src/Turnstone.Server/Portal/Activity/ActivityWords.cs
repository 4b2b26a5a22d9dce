namespace Turnstone.Server.Portal.Activity;

public sealed class ActivityWords;
