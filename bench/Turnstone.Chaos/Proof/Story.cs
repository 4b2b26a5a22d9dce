using Turnstone.Chaos.Proxy;

namespace Turnstone.Chaos.Proof;

/// <summary>What passed of one session before its alarm, told by the tokens that follow each other.</summary>
internal static class Story
{
    private const int Longest = 20;

    public static IReadOnlyList<string> OfAlarms(IReadOnlyList<Exchange> all) =>
        [.. all.Where(one => one.Code is "token_reused").Select(alarm => Of(all, alarm))];

    private static string Of(IReadOnlyList<Exchange> all, Exchange alarm)
    {
        HashSet<string?> tokens = [alarm.Token];
        List<Exchange> story = [];
        foreach (var one in all.Reverse().SkipWhile(one => one != alarm))
        {
            if (tokens.Contains(one.Token) || (one.Next is not null && tokens.Contains(one.Next)))
            {
                tokens.Add(one.Token);
                story.Add(one);
            }

            if (story.Count == Longest)
            {
                break;
            }
        }

        return string.Join('\n', story.AsEnumerable().Reverse());
    }
}
