namespace Turnstone.Server.Dialects.Common;

/// <summary>Reads a bounded body whole, whatever its Content-Length claims.</summary>
internal static class BodyBytes
{
    public static async Task<(byte[]? Bytes, BodyFault? Fault)> ReadAsync(HttpRequest request, int largest, CancellationToken cancellationToken)
    {
        if (request.ContentLength > largest)
        {
            return (null, BodyFault.TooLarge);
        }

        var buffer = new byte[largest + 1];
        var length = 0;
        int read;
        try
        {
            while (length < buffer.Length && (read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
            }
        }
        catch (BadHttpRequestException)
        {
            // Broken chunking, or a body shorter than it said.
            return (null, BodyFault.NotJson);
        }

        return length > largest ? (null, BodyFault.TooLarge) : (buffer[..length], null);
    }
}
