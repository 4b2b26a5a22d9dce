using Turnstone.Administration;
using Turnstone.Grants;
using Turnstone.Server.Hosting;

namespace Turnstone.Server.Portal.Letters;

internal static class LetterServices
{
    public static IServiceCollection AddLetters(this IServiceCollection services) =>
        services
            .AddSingleton<OwnLetters>()
            .AddSingleton<IPreparationStep>(all => all.GetRequiredService<OwnLetters>())
            .AddSingleton<LetterText>()
            .AddSingleton<LetterSamples>()
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
