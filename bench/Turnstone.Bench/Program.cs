using Turnstone.Bench;
using Turnstone.Bench.Absolute;
using Turnstone.Bench.BadDays;
using Turnstone.Bench.Floor;

return args switch
{
    ["floor", var port] => await ServeFloorAsync(port),
    ["--help" or "-h"] => Say(Arguments.Help),
    ["overload", .. var rest] => await Overload.RunAsync(rest),
    ["sessions", ..] => await Figures.PrintAsync(SessionsAtScale.MeasureAsync(args)),
    ["revocations", ..] => await Figures.PrintAsync(Revocations.MeasureAsync(args)),
    ["audit", ..] => await Figures.PrintAsync(SealedAudit.MeasureAsync(args)),
    ["growth", ..] => await Figures.PrintAsync(Growth.MeasureAsync(args)),
    ["pace", ..] => await Figures.PrintAsync(Pace.MeasureAsync(args)),
    ["lane", ..] => await Figures.PrintAsync(FullLane.MeasureAsync(args)),
    ["argon", ..] => await Figures.PrintAsync(BareArgon.MeasureAsync(args)),
    ["start", ..] => await Figures.PrintAsync(StartAndRest.MeasureAsync(args)),
    ["crowds", .. var rest] => await Crowds.RunAsync(rest),
    ["clock", .. var rest] => await WrongClock.RunAsync(rest),
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
