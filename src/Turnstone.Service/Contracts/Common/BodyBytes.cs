using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// Reads a bounded body whole, whatever its Content-Length claims, and parses it where it lies: nothing of it is kept
/// but what the parser makes.
/// </summary>
internal static class BodyBytes
{
    public static async ValueTask<(T? Body, BodyFault? Fault)> ReadAsync<T>(
        HttpRequest request,
        int largest,
        Func<ReadOnlyMemory<byte>, (T? Body, BodyFault? Fault)> parse,
        CancellationToken cancellationToken
    )
        where T : class
    {
        if (request.ContentLength > largest)
        {
            return (null, BodyFault.TooLarge);
        }

        var reader = request.BodyReader;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync(cancellationToken);
            }
            catch (BadHttpRequestException bad)
            {
                // The server's own bound, which a body without a length runs into; else broken chunking, or a body
                // shorter than it said.
                return (
                    null,
                    bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? BodyFault.TooLarge : BodyFault.NotJson
                );
            }
            catch (IOException unreadable) when (unreadable is not ConnectionResetException)
            {
                // A chunk's size beyond a number's range.
                return (null, BodyFault.NotJson);
            }

            var buffer = read.Buffer;
            if (read.IsCompleted || buffer.Length > largest)
            {
                var result =
                    buffer.Length > largest
                        ? (null, BodyFault.TooLarge)
                        : parse(buffer.IsSingleSegment ? buffer.First : buffer.ToArray());
                reader.AdvanceTo(buffer.End);
                return result;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
