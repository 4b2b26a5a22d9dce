using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Turnstone.Client;

namespace Turnstone.Clients.Tests;

/// <summary>What a debugger opens of the .NET client, and what is logged: no token, no credential.</summary>
public sealed class ShownTests(RealServer server)
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_debugger_opens_no_token_and_no_credential()
    {
        var (options, credentials) = await OptionsAsync();
        using var session = new TurnstoneSession(options);
        var token = await session.GetAccessTokenAsync(cancellationToken: Cancel);
        var stored = await options.Store.ReadAsync(options.Name, Cancel);
        Assert.Contains(token.Value, stored, StringComparison.Ordinal);
        var key = Enumerable.Repeat((byte)'k', 32).ToArray();

        var shown = new Opened();
        shown.Open(session, token, options, new SealedStore(options.Store, key));

        Assert.Contains(options.Name, shown.Texts);
        Assert.DoesNotContain(shown.Bytes, bytes => bytes.SequenceEqual(key));
        string[] secrets = [token.Value, stored!, .. credentials];
        Assert.All(
            shown.Texts,
            text => Assert.DoesNotContain(secrets, secret => text.Contains(secret, StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task The_log_of_the_client_factory_has_the_header_and_no_token()
    {
        var (given, credentials) = await OptionsAsync();
        var log = new LogLines();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        services
            .AddTurnstoneClient(
                "logged",
                options =>
                {
                    (options.Server, options.Contract) = (given.Server, given.Contract);
                    foreach (var (name, value) in given.Credentials)
                    {
                        options.Credentials[name] = value;
                    }
                }
            )
            .ConfigureHttpClient(http => http.BaseAddress = server.Address);
        await using var provider = services.BuildServiceProvider();
        var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("logged");
        using var answer = await http.GetAsync(new Uri("/v3/individuals", UriKind.Relative), Cancel);
        Assert.True(answer.IsSuccessStatusCode);

        var session = provider.GetRequiredKeyedService<TurnstoneSession>("logged");
        var token = (await session.GetAccessTokenAsync(cancellationToken: Cancel)).Value;
        Assert.Contains(log.Lines, line => line.Contains("Authorization", StringComparison.Ordinal));
        string[] secrets = [token, .. credentials];
        Assert.All(
            log.Lines,
            line => Assert.DoesNotContain(secrets, secret => line.Contains(secret, StringComparison.Ordinal))
        );
    }

    private async Task<(SessionOptions Options, List<string> Secrets)> OptionsAsync()
    {
        var options = new SessionOptions
        {
            Server = server.Address,
            Contract = Contract.AuthV2,
            Name = "shown",
        };
        foreach (var (name, value) in await server.CredentialsAsync("/auth/v2"))
        {
            options.Credentials[name] = value;
        }

        return (options, [.. options.Credentials.Where(one => one.Key != "username").Select(one => one.Value)]);
    }

    /// <summary>Opens objects as a debugger does: all fields and properties that are not marked as hidden.</summary>
    private sealed class Opened
    {
        private readonly HashSet<object> seen = new(ReferenceEqualityComparer.Instance);

        public List<string> Texts { get; } = [];

        public List<byte[]> Bytes { get; } = [];

        public void Open(params IEnumerable<object?> values)
        {
            foreach (var value in values.OfType<object>().Where(seen.Add))
            {
                Texts.Add(value.ToString() ?? "");
                if (value is byte[] bytes)
                {
                    Bytes.Add(bytes);
                }
                else if (value is IEnumerable many and not string)
                {
                    Open(many.Cast<object?>());
                }
                else if (IsOpened(value.GetType()))
                {
                    Open(Members(value));
                }
            }
        }

        /// <summary>The client's own, and what holds its own: a task, a pair.</summary>
        private static bool IsOpened(Type type) =>
            type.Assembly == typeof(TurnstoneSession).Assembly
            || type.GenericTypeArguments.Any(IsOpened)
            || type.FullName!.StartsWith("System.Collections.Generic.KeyValuePair", StringComparison.Ordinal);

        private static IEnumerable<object?> Members(object value)
        {
            for (var type = value.GetType(); type is not null; type = type.BaseType)
            {
                foreach (var field in type.GetFields(All | BindingFlags.DeclaredOnly).Where(IsShown))
                {
                    yield return field.GetValue(value);
                }

                var properties = type.GetProperties(All | BindingFlags.DeclaredOnly)
                    .Where(one => IsShown(one) && one.CanRead && one.GetIndexParameters().Length == 0);
                foreach (var property in properties)
                {
                    yield return property.GetValue(value);
                }
            }
        }

        private static bool IsShown(MemberInfo member) =>
            member.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State is not DebuggerBrowsableState.Never
            && !member.Name.EndsWith("k__BackingField", StringComparison.Ordinal);
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
