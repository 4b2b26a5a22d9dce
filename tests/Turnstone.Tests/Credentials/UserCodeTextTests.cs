using Turnstone.Credentials;
using Turnstone.Model;

namespace Turnstone.Tests.Credentials;

public sealed class UserCodeTextTests
{
    [Theory]
    [InlineData("WDJB-MJHT", "WDJBMJHT")]
    [InlineData("wdjbmjht", "WDJBMJHT")]
    [InlineData(" wdjb mjht ", "WDJBMJHT")]
    [InlineData("WDJB-MJH", null)]
    [InlineData("WDJB-MJHTT", null)]
    [InlineData("WDJB-MJHA", null)]
    [InlineData("WDJB-MJH1", null)]
    [InlineData("WDJB-MJHſ", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void It_reads_what_people_type(string? typed, string? code) =>
        Assert.Equal(code, UserCodeText.TryRead(typed, out var read) ? read : null);

    [Fact]
    public void Every_letter_comes_about_as_often_as_another()
    {
        var letters = Enumerable
            .Range(0, 5_000)
            .SelectMany(_ => UserCodeText.Mint(RandomSource.System))
            .ToLookup(c => c);

        Assert.Equal("BCDFGHJKLMNPQRSTVWXZ", string.Concat(letters.Select(letter => letter.Key).Order()));
        Assert.All(letters, letter => Assert.InRange(letter.Count(), 1_700, 2_300));
    }
}
