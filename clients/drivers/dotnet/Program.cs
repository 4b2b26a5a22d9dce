using System.Text.Json.Nodes;
using Turnstone.Client.Driver;

// The first line of the input says which session; each line after it is a command, answered by one line.
using var driver = new Driver(Read()!);
while (Read() is { } command)
{
    await Console.Out.WriteLineAsync((await driver.AnswerAsync(command)).ToJsonString());
    await Console.Out.FlushAsync();
}

static JsonObject? Read() => Console.In.ReadLine() is { } line ? JsonNode.Parse(line)!.AsObject() : null;
