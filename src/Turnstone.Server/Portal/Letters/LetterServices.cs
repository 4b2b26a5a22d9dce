using Turnstone.Administration;
using Turnstone.Grants;

namespace Turnstone.Server.Portal.Letters;

internal static class LetterServices
{
    public static IServiceCollection AddLetters(this IServiceCollection services) =>
        services
            .AddSingleton<AccountLetters>()
            .AddSingleton<FreezeLetter>()
            .AddSingleton<FreezeWarnings>()
            .AddSingleton<ApprovalLetters>()
            .AddHostedService(provider => provider.GetRequiredService<FreezeWarnings>())
            .AddHostedService(provider => provider.GetRequiredService<ApprovalLetters>())
            .AddSingleton<ICopyNotice, CopyLetter>()
            .AddSingleton<IDecisionNotice, DecisionLetter>()
            .AddScoped<KeyLetter>()
            .AddScoped<SignInLetter>()
            .AddScoped<InviteLetter>();
}
