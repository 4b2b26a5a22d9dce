namespace Turnstone.Server.Contracts.Common.AuthShapes;

/// <summary>The contracts with these shapes are one family: a session of one is refreshed in the other.</summary>
internal static class AuthFamily
{
    public const string Name = "auth";
}
