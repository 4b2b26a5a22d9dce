using BenchmarkDotNet.Attributes;
using Turnstone.Keys;
using Turnstone.Sessions;

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
        forged = token.Write(new MasterKeyRing(new MasterKey(RandomSource.System.Bytes(MasterKey.Size))));
    }

    [Benchmark]
    public string Write() => token.Write(masters);

    [Benchmark]
    public bool Read() => RefreshToken.TryRead(text, masters, out _);

    /// <summary>Of a foreign master key: by its number unknown here, or (1 in 256) with a tag that is wrong.</summary>
    [Benchmark]
    public bool ReadForged() => RefreshToken.TryRead(forged, masters, out _);
}
