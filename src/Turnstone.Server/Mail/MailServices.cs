namespace Turnstone.Server.Mail;

public static class MailServices
{
    public static IServiceCollection AddMail(this IServiceCollection services) =>
        services
            .AddSingleton<Outbox>()
            .AddSingleton<MailQueue>()
            .AddSingleton<SmtpPost>()
            .AddSingleton(MailPatience.Usual)
            .AddHostedService<MailSender>();
}
