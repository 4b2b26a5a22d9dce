using Turnstone.Administration;

namespace Turnstone.Server.Mail;

public static class MailServices
{
    public static IServiceCollection AddMail(this IServiceCollection services) =>
        services
            .AddSingleton<Outbox>()
            .AddSingleton<LetterSeal>()
            .AddSingleton<MailQueue>()
            .AddSingleton<SmtpPost>()
            .AddSingleton<IWaitingLetters, WaitingLetters>()
            .AddSingleton<AccountErasure>()
            .AddSingleton(MailSchedule.Usual)
            .AddHostedService<MailSender>();
}
