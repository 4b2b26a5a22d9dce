namespace Turnstone.Server.Portal.Device;

public sealed class DeviceWords;
