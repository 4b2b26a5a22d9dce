namespace Turnstone.Server.Portal.Administration.Service;

/// <summary>The measurements of one minute.</summary>
public readonly record struct LoadMinute(long Count, double Sum, double Max)
{
    public double Mean => Count == 0 ? 0 : Sum / Count;
}

/// <summary>The last hour of one measured value, one slot per minute, so memory is bounded.</summary>
internal sealed class LoadSeries
{
    public const int Minutes = 60;

    private readonly Lock gate = new();
    private readonly LoadMinute[] minutes = new LoadMinute[Minutes];
    private readonly long[] numbers = new long[Minutes];

    public void Add(long minute, double value)
    {
        var place = (int)(minute % Minutes);
        lock (gate)
        {
            var before = numbers[place] == minute ? minutes[place] : default;
            numbers[place] = minute;
            minutes[place] = new(
                before.Count + 1,
                before.Sum + value,
                before.Count == 0 ? value : Math.Max(before.Max, value)
            );
        }
    }

    /// <summary>The hour that ends with this minute, oldest first.</summary>
    public LoadMinute[] Read(long minute)
    {
        var hour = new LoadMinute[Minutes];
        lock (gate)
        {
            for (var i = 0; i < Minutes; i++)
            {
                var wanted = minute - Minutes + 1 + i;
                var place = (int)(wanted % Minutes);
                hour[i] = numbers[place] == wanted ? minutes[place] : default;
            }
        }

        return hour;
    }
}
