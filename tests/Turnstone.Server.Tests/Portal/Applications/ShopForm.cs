namespace Turnstone.Server.Tests.Portal.Applications;

/// <summary>The form for a new application, filled in.</summary>
internal static class ShopForm
{
    public static (string, string)[] Shop { get; } =
    [
        ("Kind", "server"),
        ("Form.Name", "Web shop"),
        ("Form.RedirectUris", "https://shop.example.test/callback\r\n\r\nhttp://127.0.0.1:8500/callback\r\n"),
        ("Form.GrantTypes", "authorization_code"),
        ("Form.GrantTypes", "refresh_token"),
        ("Form.Scopes", "openid"),
        ("Form.Scopes", "individuals.read"),
        ("Form.Access.Number", "10"),
        ("Form.Access.Unit", "minutes"),
        ("Form.Early", "Reject"),
        ("Form.Retry", "30"),
    ];
}
