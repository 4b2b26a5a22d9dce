using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Turnstone.Nodes.Cluster;
using Turnstone.Server.Mail;
using Turnstone.Server.Tests.Portal;
using Turnstone.Storage;

namespace Turnstone.Server.Tests.Mail;

/// <summary>The portal with a mail server, and what the tests of letters do with it.</summary>
internal static class MailServer
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static string[] Settings(int port, string security = "None") =>
        [
            "Turnstone:Mail:Host=127.0.0.1",
            $"Turnstone:Mail:Port={port}",
            "Turnstone:Mail:From=portal@example.test",
            $"Turnstone:Mail:Security={security}",
        ];

    public static Task<TurnstoneServer> StartAsync(
        SmtpListener smtp,
        string security = "None",
        Action<IServiceCollection>? services = null
    ) => PortalServer.StartAsync(Settings(smtp.Port, security), services);

    /// <summary>One whose mail server is away.</summary>
    public static Task<TurnstoneServer> StartAwayAsync() => PortalServer.StartAsync(Settings(port: 1));

    public static MailQueue Queue(this TurnstoneServer server) => server.Services.GetRequiredService<MailQueue>();

    public static ILetterStore Letters(this TurnstoneServer server) =>
        server.Services.GetRequiredService<ILetterStore>();

    public static SmtpPost Post(this TurnstoneServer server) => server.Services.GetRequiredService<SmtpPost>();

    public static MailSender Sender(this TurnstoneServer server) =>
        server.Services.GetServices<IHostedService>().OfType<MailSender>().Single();

    public static Task SendAsync(
        this TurnstoneServer server,
        string to = "ada@example.test",
        string subject = "Subject",
        string text = "text"
    ) => server.Queue().SendAsync(new Letter(to, subject, text), Cancel);

    /// <summary>Waits for lines of the log with this event id.</summary>
    public static Task UntilLoggedAsync(this TurnstoneServer server, int id, int times = 1) =>
        Until.HoldsAsync(
            () => server.Log.Lines.Count(line => line.Contains($" {id} ", StringComparison.Ordinal)) >= times,
            $"{times} lines with the event {id}"
        );

    /// <summary>Waits until a server's output has these words.</summary>
    public static Task UntilSaidAsync(this ServerProcess server, string words) =>
        Until.HoldsAsync(() => server.Output.Contains(words, StringComparison.Ordinal), $"the server says {words}");
}
