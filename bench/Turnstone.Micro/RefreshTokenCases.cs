using BenchmarkDotNet.Attributes;
using Turnstone.Model;
using Turnstone.Tokens;
using Turnstone.Tokens.Keys;

namespace Turnstone.Micro;

/// <summary>What proving and writing a refresh token costs: no storage is touched for either.</summary>
public class RefreshTokenCases
{
    private readonly MasterKeyRing masters = new(new MasterKey(RandomSource.System.Bytes(MasterKey.Size)));
    private readonly RefreshToken token = new(SessionId.New(RandomSource.System, TimeProvider.System.GetUtcNow()), 7);
    private string text = "";
    private string forged = "";

    [GlobalSetup]
    public void SetUp()
    {
        text = token.Write(masters);

        // One character of the tag, which is all that is wrong with it.
        var place = text.Length - 32;
        forged = $"{text[..place]}{(text[place] == 'A' ? 'B' : 'A')}{text[(place + 1)..]}";
    }

    [Benchmark]
    public string Write() => token.Write(masters);

    [Benchmark]
    public bool Read() => RefreshToken.TryRead(text, masters, out _);

    /// <summary>All of it right but the tag.</summary>
    [Benchmark]
    public bool ReadForged() => RefreshToken.TryRead(forged, masters, out _);
}
