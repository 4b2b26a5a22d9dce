using System.Diagnostics;
using System.Net;
using Turnstone.Server.Tests.Contracts;
using Turnstone.Server.Tests.Mail;

namespace Turnstone.Server.Tests.Portal.SignIn;

/// <summary>Nobody learns from the way in who has an account: not from the bytes, not from the time.</summary>
[Collection(nameof(Alone))]
public sealed class SignInTimingTests
{
    private const int Rounds = 21;

    private static readonly string[] Settings =
    [
        "Turnstone:Limits:PasswordsPerAccountAndNetwork:Count=10000",
        "Turnstone:Limits:PasswordsPerNetwork:Count=10000",
        "Turnstone:Limits:PasswordsBeforeSiege:Count=10000",
        "Turnstone:Limits:EmailsPerAddress:Count=10000",
        "Turnstone:Limits:EmailsPerNetwork:Count=10000",
    ];

    [Theory]
    [InlineData("/portal/sign-in", 0.67, false)]
    [InlineData("/portal/sign-up", 0.67, false)]
    [InlineData("/portal/sign-up", 0.67, true)]
    [InlineData("/portal/forgot-password", 0.4, false)]
    [InlineData("/portal/forgot-password", 0.4, true)]
    public async Task Known_and_unknown_emails_get_the_same_bytes_in_the_same_time(
        string path,
        double least,
        bool byMail
    )
    {
        await using var smtp = new SmtpListener();
        await using var server = await PortalServer.StartAsync(
            [.. Settings, .. byMail ? MailServer.Settings(smtp.Port) : []],
            services => services.HashAsServed()
        );

        // A right login stores a hash of this cost.
        using var right = await server.Http.LoginV2Async();
        Assert.Equal(HttpStatusCode.Created, right.StatusCode);
        using var visitor = new Visitor(server);
        var form = Visitor.Antiforgery(await visitor.PageAsync(path));
        var (known, unknown) = (new List<double>(), new List<double>());
        var answers = new HashSet<string>();
        for (var i = -4; i < Rounds; i++)
        {
            var first = await TimeAsync(visitor, path, form, Known.Email, answers);
            var second = await TimeAsync(visitor, path, form, $"no{i + 4:000}@example.test", answers);
            if (i >= 0)
            {
                known.Add(first);
                unknown.Add(second);
            }
        }

        Assert.Single(answers);
        Assert.InRange(Median(unknown) / Median(known), least, 1 / least);
    }

    private static async Task<double> TimeAsync(
        Visitor visitor,
        string path,
        string form,
        string email,
        HashSet<string> answers
    )
    {
        var started = Stopwatch.GetTimestamp();
        using var answer = await visitor.PostAsync(
            path,
            ("__RequestVerificationToken", form),
            ("Email", email),
            ("Password", Steps.NewPassword)
        );
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;

        // A page repeats what was typed, and its form token is another each time; nothing else may differ.
        body = body.Replace(email, "", StringComparison.Ordinal);
        foreach (var field in Visitor.AntiforgeryFields(body).ToList())
        {
            body = body.Replace(field, "", StringComparison.Ordinal);
        }

        var headers = string.Join(
            '\n',
            answer
                .Headers.Where(header => header.Key is not ("Date" or "Set-Cookie"))
                .Select(header => $"{header.Key}: {string.Join(',', header.Value)}")
        );
        answers.Add($"{(int)answer.StatusCode}\n{headers}\n{body}");
        return took;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
