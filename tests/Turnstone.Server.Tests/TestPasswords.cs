using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Turnstone.Credentials.Passwords;
using Turnstone.Model;

namespace Turnstone.Server.Tests;

/// <summary>
/// What hashing a password costs in a server of the tests: next to nothing, except where the test is about its time.
/// </summary>
internal static class TestPasswords
{
    private static readonly Argon2Cost Smallest = new(64, 1, 1);

    public static void HashCheaply(this IServiceCollection services) => services.Hash(Smallest);

    public static void HashAsServed(this IServiceCollection services) => services.Hash(Argon2Cost.Recommended);

    private static void Hash(this IServiceCollection services, Argon2Cost cost) =>
        services.Replace(
            ServiceDescriptor.Singleton(provider => new PasswordHashing(
                provider.GetRequiredService<RandomSource>(),
                Argon2id.Load(cost)
            ))
        );
}
