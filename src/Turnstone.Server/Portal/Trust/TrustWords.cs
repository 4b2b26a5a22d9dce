namespace Turnstone.Server.Portal.Trust;

public sealed class TrustWords;
