using Microsoft.AspNetCore.Connections;

namespace Turnstone.Server.Contracts.Common;

/// <summary>
/// Waits for a request's body before the request takes one of the places of its path: a few clients that send a byte a
/// second would hold all of them.
/// </summary>
internal static class BodyArrival
{
    public static async ValueTask WaitAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is 0 or > JsonBody.Largest)
        {
            return;
        }

        var reader = request.BodyReader;
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { IsCompleted: var whole, Buffer: var buffer })
            {
                var tooLarge = buffer.Length > JsonBody.Largest;

                // What was examined is not given again before more has come: the call that finds the body too large
                // must not have to wait for more of it.
                reader.AdvanceTo(buffer.Start, tooLarge ? buffer.GetPosition(JsonBody.Largest) : buffer.End);
                if (whole || tooLarge)
                {
                    return;
                }
            }
        }
        catch (Exception unreadable)
            when (unreadable is BadHttpRequestException or IOException and not ConnectionResetException)
        {
            // The call reads it again and says in its contract's words what is wrong.
        }
    }
}
