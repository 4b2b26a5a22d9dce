using Turnstone.Directory;

namespace Turnstone.Server.Tests.Portal.Administration;

public sealed class CustomerSecretsTests
{
    [Fact]
    public async Task No_secret_of_a_customer_is_on_any_page()
    {
        await using var server = await Administrators.StartAsync();
        using var ada = await Visitor.SignedInAsync(server);
        var account = await server.AccountAsync(Known.Email);

        foreach (
            var page in new[]
            {
                await server.PageOfAsync(Known.Email),
                $"/portal/admin/clients/{Known.ClientId}",
                "/portal/admin/settings",
                "/portal/admin/audit",
            }
        )
        {
            var text = await ada.PageAsync(page);
            foreach (
                var secret in new[]
                {
                    Known.Password,
                    account.PasswordHash!,
                    account.SecurityStamp,
                    Known.ApiKey,
                    Known.ClientSecret,
                    Known.SubscriptionKey,
                    Known.SecondaryKey,
                }
            )
            {
                Assert.DoesNotContain($"{secret}<", text, StringComparison.Ordinal);
                Assert.DoesNotContain($"\"{secret}\"", text, StringComparison.Ordinal);
            }
        }
    }
}
