using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Turnstone.Storage.Blocks;

/// <summary>From where an entry came, as bytes: what the program calls itself, and the address.</summary>
internal static class EntryOrigin
{
    // What stands for the agent: none, its text, or from here on the number of one that many use.
    private const int None = 0;
    private const int Text = 1;
    private const int FirstNumber = 2;

    public static byte[] Write(string network, string? agent, AgentNumbers agents)
    {
        var output = new BlockOutput(room: 32);
        if (agent is null)
        {
            output.Number(None);
        }
        else if (agents.Find(agent) is { } number)
        {
            output.Number((ulong)(FirstNumber + number));
        }
        else
        {
            output.Number(Text);
            output.Text(Encoding.UTF8.GetBytes(agent));
        }

        // The bytes of an address only where they give the same text again.
        if (
            IPAddress.TryParse(network, out var address)
            && address.ToString() == network
            && address.ScopeIdOrNone() == 0
        )
        {
            output.Byte(address.AddressFamily is AddressFamily.InterNetwork ? (byte)4 : (byte)6);
            output.Raw(address.GetAddressBytes());
        }
        else
        {
            output.Byte(0);
            output.Raw(Encoding.UTF8.GetBytes(network));
        }

        return output.ToArray();
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static (string Network, string? Agent) Read(ReadOnlyMemory<byte> bytes, AgentNumbers agents)
    {
        var input = new BlockInput(bytes);
        var agent = input.Number() switch
        {
            None => null,
            Text => Encoding.UTF8.GetString(input.Text().Span),
            var number => agents.Text(number - FirstNumber),
        };
        return input.Byte() switch
        {
            4 => (new IPAddress(input.Raw(4).Span).ToString(), agent),
            6 => (new IPAddress(input.Raw(16).Span).ToString(), agent),
            _ => (Encoding.UTF8.GetString(input.Raw(input.Left).Span), agent),
        };
    }

    private static long ScopeIdOrNone(this IPAddress address) =>
        address.AddressFamily is AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
