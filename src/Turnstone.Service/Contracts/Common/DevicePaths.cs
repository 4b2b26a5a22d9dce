namespace Turnstone.Server.Contracts.Common;

/// <summary>Where a person lets a device in; devices show this address.</summary>
public static class DevicePaths
{
    public const string Page = "/portal/device";
}
