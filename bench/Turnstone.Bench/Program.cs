using Turnstone.Bench;
using Turnstone.Bench.Absolute;
using Turnstone.Bench.Floor;

return args switch
{
    ["floor", var port] => await ServeFloorAsync(port),
    ["sessions", ..] => await Figures.PrintAsync(SessionsAtScale.MeasureAsync(args)),
    ["growth", ..] => await Figures.PrintAsync(Growth.MeasureAsync(args)),
    ["pace", ..] => await Figures.PrintAsync(Pace.MeasureAsync(args)),
    ["lane", ..] => await Figures.PrintAsync(FullLane.MeasureAsync(args)),
    ["argon", ..] => await Figures.PrintAsync(BareArgon.MeasureAsync(args)),
    ["start", ..] => await Figures.PrintAsync(StartAndRest.MeasureAsync(args)),
    ["--help" or "-h"] => Say(Arguments.Help),
    _ => await Bench.RunAsync(Arguments.Read(args)),
};

static async Task<int> ServeFloorAsync(string port)
{
    await FloorServer.RunAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

static int Say(string text)
{
    Console.WriteLine(text);
    return 0;
}
