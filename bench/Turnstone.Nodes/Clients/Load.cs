using System.Text.Json;
using Turnstone.Directory;

namespace Turnstone.Nodes.Clients;

/// <summary>Many chains at once, over every contract in turn, against one address.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly HttpClient http;
    private readonly Customers known;
    private readonly string database;
    private readonly CancellationTokenSource stop = new();
    private readonly List<Chain> chains = [];
    private readonly List<Task> running = [];

    public Load(Uri address, Customers known, string database)
    {
        (this.known, this.database) = (known, database);
        http = ClientOf(address);
    }

    public Answers Answers { get; } = new();

    public IReadOnlyList<Chain> Chains => chains;

    public IReadOnlyList<Chain> Lost => chains.FindAll(chain => chain.Lost is not null);

    public HttpClient Http => http;

    public Customers Known => known;

    public static HttpClient ClientOf(Uri address) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(60),
        };

    /// <summary>Logs in so many sessions of each contract, through these addresses in turn.</summary>
    public async Task OpenAsync(int each, IReadOnlyList<Uri> through, IReadOnlyList<Contract>? contracts = null)
    {
        var doors = through.Select(ClientOf).ToList();
        foreach (var contract in contracts ?? Contract.All)
        {
            var codes = contract.CodeFamily is { } family
                ? await known.CodesAsync(database, family, contract.CodeClient, each)
                : [];
            for (var i = 0; i < each; i++)
            {
                var pair = await LoginAsync(doors[i % doors.Count], contract, codes.Count > 0 ? codes[i] : "");
                chains.Add(new Chain(contract, known, pair, withKey: i % 2 == 1, Answers));
            }
        }

        doors.ForEach(door => door.Dispose());
    }

    public async Task<Pair> LoginAsync(HttpClient door, Contract contract, string code)
    {
        using var request = contract.Login(known, code);
        using var answer = await door.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"A login at {contract.Name} was answered {(int)answer.StatusCode} {text}"
            );
        }

        using var json = JsonDocument.Parse(text);
        return contract.Read(json.RootElement);
    }

    /// <summary>A session that somebody has just opened, to be refreshed with this load's chains or not.</summary>
    public Chain ChainOf(Contract contract, Pair pair) => new(contract, known, pair, withKey: false, Answers);

    /// <summary>Goes on with the sessions of another load that has ended.</summary>
    public void TakeOver(IEnumerable<Chain> others) =>
        chains.AddRange(others.Select(other => new Chain(other.Contract, known, other.Last, withKey: false, Answers)));

    public void Run() => running.AddRange(chains.Select(chain => Task.Run(() => chain.RunAsync(http, stop.Token))));

    public Task RunAsync(TimeSpan time)
    {
        Run();
        return GoOnAsync(time);
    }

    /// <summary>Lets so much time pass under load.</summary>
    public static Task GoOnAsync(TimeSpan time) => Task.Delay(time);

    /// <summary>Stops every chain and then refreshes each once more: a session is not lost when it goes on.</summary>
    public async Task EndAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        await Task.WhenAll(chains.Select(chain => chain.GoesOnAsync(http)));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        http.Dispose();
        stop.Dispose();
    }
}
