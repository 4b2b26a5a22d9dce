using System.Net.Sockets;
using System.Text;
using Turnstone.Chaos.Faults;

namespace Turnstone.Chaos.Proxy;

/// <summary>Passes one request on and its answer back, with its fault.</summary>
internal sealed class FaultyExchange(FaultProxy proxy) : IDisposable
{
    private static readonly TimeSpan LongestReorder = TimeSpan.FromMilliseconds(300);

    private readonly SemaphoreSlim held = new(0);
    private TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() =>
        Interlocked
            .Exchange(ref gate, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
            .SetResult();

    public Task HeldAsync(CancellationToken cancellationToken) => held.WaitAsync(cancellationToken);

    public void Dispose() => held.Dispose();

    public async Task RunAsync(
        Exchange exchange,
        HttpMessage request,
        Socket client,
        Stream stream,
        CancellationToken left,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (Standing(exchange.Fault) is { } standing)
            {
                exchange.Status = standing.Status;
                await stream.WriteAsync(standing.Bytes(), cancellationToken);
                return;
            }

            await BeforeAsync(exchange, cancellationToken);
            var answer = await ForwardAsync(exchange, request, left);
            await AfterAsync(exchange, cancellationToken);
            await AnswerAsync(exchange, answer, client, stream, cancellationToken);
        }
        finally
        {
            exchange.Ended = TimeProvider.System.GetUtcNow();
            exchange.Passed.TrySetResult();
        }
    }

    private async Task BeforeAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        switch (exchange.Fault.Kind)
        {
            case FaultKind.DelayRequest:
                await Task.Delay(exchange.Fault.Amount, cancellationToken);
                break;
            case FaultKind.ReorderRequest:
                await LaterAsync(exchange, cancellationToken);
                break;
        }
    }

    private async Task<HttpMessage?> ForwardAsync(Exchange exchange, HttpMessage request, CancellationToken left)
    {
        var bytes = request.Bytes();
        HttpMessage? answer;
        switch (exchange.Fault.Kind)
        {
            case FaultKind.DropRequest:
                return null;
            case FaultKind.TruncateRequest:
                return await proxy.ForwardAsync(exchange.Fault.FirstPart(bytes), left, whole: false);
            case FaultKind.DuplicateRequest:
                var both = await Task.WhenAll(proxy.ForwardAsync(bytes, left), proxy.ForwardAsync(bytes, left));
                answer = both[0] ?? both[1];
                break;
            case FaultKind.RepeatRequest:
                var (first, again) = (await proxy.ForwardAsync(bytes, left), await proxy.ForwardAsync(bytes, left));
                exchange.Again = $"{again?.Status} {again?.Header("Error-Code")}";
                answer = first ?? again;
                break;
            default:
                answer = await proxy.ForwardAsync(bytes, left);
                break;
        }

        (exchange.Status, exchange.Code) = (answer?.Status ?? 0, answer?.Header("Error-Code"));
        exchange.Next = answer?.Token;
        return answer;
    }

    private async Task AfterAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        switch (exchange.Fault.Kind)
        {
            case FaultKind.DelayAnswer:
                await Task.Delay(exchange.Fault.Amount, cancellationToken);
                break;
            case FaultKind.ReorderAnswer:
                await LaterAsync(exchange, cancellationToken);
                break;
            case FaultKind.HoldAnswer:
                var released = Volatile.Read(ref gate).Task;
                held.Release();
                await released.WaitAsync(cancellationToken);
                break;
        }
    }

    private static async Task AnswerAsync(
        Exchange exchange,
        HttpMessage? answer,
        Socket client,
        Stream stream,
        CancellationToken cancellationToken
    )
    {
        if (answer is null || exchange.Fault.Kind is FaultKind.DropAnswer)
        {
            FaultProxy.Reset(client);
            return;
        }

        var bytes = answer.Bytes();
        if (exchange.Fault.Kind is FaultKind.TruncateAnswer)
        {
            await stream.WriteAsync(exchange.Fault.FirstPart(bytes), cancellationToken);
            FaultProxy.Reset(client);
            return;
        }

        await stream.WriteAsync(bytes, cancellationToken);
        if (exchange.Fault.Kind is FaultKind.DuplicateAnswer)
        {
            await stream.WriteAsync(bytes, cancellationToken);
        }
    }

    /// <summary>Until a later request has passed, or until it is clear that none comes.</summary>
    private async Task LaterAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LongestReorder);
        try
        {
            Exchange? later;
            while ((later = proxy.After(exchange)) is null)
            {
                await Task.Delay(5, patience.Token);
            }

            await later.Passed.Task.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested) { }
    }

    private static HttpMessage? Standing(Fault fault) =>
        fault.Kind switch
        {
            FaultKind.Unavailable => Message(503, "Service Unavailable", $"Retry-After: {fault.Amount}\r\n", "{}"),
            FaultKind.TooMany => Message(429, "Too Many Requests", $"Retry-After: {fault.Amount}\r\n", "{}"),
            FaultKind.BrokenGateway => Message(500, "Internal Server Error", "", "<h1>It broke</h1>"),
            FaultKind.Unauthorized => Challenge("error=\"invalid_token\""),
            FaultKind.StepUp => Challenge("error=\"insufficient_user_authentication\", acr_values=\"strong\""),
            _ => null,
        };

    private static HttpMessage Challenge(string error) =>
        Message(401, "Unauthorized", $"WWW-Authenticate: Bearer {error}\r\n", "{}");

    private static HttpMessage Message(int status, string phrase, string header, string body) =>
        new(
            $"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain\r\n{header}Content-Length: {body.Length}",
            Encoding.ASCII.GetBytes(body)
        );
}
