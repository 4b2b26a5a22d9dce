using System.Diagnostics;
using Turnstone.Nodes.Cluster;

namespace Turnstone.Clients.Tests.Samples;

/// <summary>The sample API as a program of its own, alone or behind nginx.</summary>
internal sealed class GuardedSample : IAsyncDisposable
{
    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("turnstone-sample-").FullName;
    private readonly List<Process> programs = [];
    private readonly TaskCompletionSource<string> demoKey = new();

    public Uri Address { get; private set; } = null!;

    /// <summary>The API key that the server's first start prints.</summary>
    public Task<string> DemoKeyAsync(CancellationToken cancel) => demoKey.Task.WaitAsync(cancel);

    private static string Program =>
        Path.Combine(Repository.Root, "samples/Individuals/bin/Debug/net10.0/Individuals");

    private static string Nginx =>
        File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";

    public static async Task<GuardedSample> StartAsync(string issuer, bool behindNginx)
    {
        var sample = new GuardedSample();
        var api = $"http://127.0.0.1:{Programs.FreePort()}";
        sample.Address = new Uri(api);
        string[] rules = behindNginx
            ? ["--BehindProxy", "true"]
            : ["--Issuer", issuer, "--Secret", "a secret of this sample, for your own machine alone"];
        sample.Run(Program, ["--urls", api, .. rules]);
        if (behindNginx)
        {
            await sample.RunNginxAsync(issuer, api);
        }

        return sample;
    }

    /// <summary>With the server beside it, as samples/Individuals/run starts both.</summary>
    public static GuardedSample ByItsCommand(out Uri server)
    {
        var (sample, port, own) = (new GuardedSample(), Programs.FreePort(), Programs.FreePort());
        (sample.Address, server) = (new Uri($"http://127.0.0.1:{own}"), new Uri($"http://127.0.0.1:{port}"));
        sample.Run(
            Path.Combine(Repository.Root, "samples/Individuals/run"),
            [],
            ("PORT", $"{port}"),
            ("API_PORT", $"{own}"),
            ("DATA", sample.folder)
        );
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in programs)
        {
            program.Kill(entireProcessTree: true);
            await program.WaitForExitAsync();
            program.Dispose();
        }

        System.IO.Directory.Delete(folder, recursive: true);
    }

    /// <summary>The configuration that the guide shows, in an nginx of its own.</summary>
    private async Task RunNginxAsync(string issuer, string api)
    {
        var port = Programs.FreePort();
        var shown = await File.ReadAllTextAsync(
            Path.Combine(
                Repository.Root,
                "src/Turnstone.Server/Portal/Guides/Samples/protect/nginx/turnstone.conf"
            )
        );
        var site = shown
            .Replace("${TURNSTONE_URL}", issuer, StringComparison.Ordinal)
            .Replace("${API_URL}", api, StringComparison.Ordinal)
            .Replace("${PORT}", $"{port}", StringComparison.Ordinal);
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(
            file,
            $$"""
            daemon off; master_process off; pid {{folder}}/pid; error_log {{folder}}/error.log;
            events {}
            http {
              access_log off; client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi; uwsgi_temp_path {{folder}}/uwsgi; scgi_temp_path {{folder}}/scgi;
            {{site}}
            }
            """
        );
        Run(Nginx, ["-p", folder, "-e", Path.Combine(folder, "error.log"), "-c", file]);
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    private void Run(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        programs.Add(process);
    }

    private void Read(string? line)
    {
        if (line?.Split("API_KEY='") is [_, var rest])
        {
            demoKey.TrySetResult(rest.Split('\'')[0]);
        }
    }
}
