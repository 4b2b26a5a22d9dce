using Turnstone.Bench;
using Turnstone.Bench.BadDays;
using Turnstone.Bench.Floor;

return args switch
{
    ["floor", var port] => await ServeFloorAsync(port),
    ["overload", .. var rest] => await Overload.RunAsync(rest),
    ["crowds", .. var rest] => await Crowds.RunAsync(rest),
    ["clock", .. var rest] => await WrongClock.RunAsync(rest),
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
