using System.Diagnostics;
using Turnstone.Testing;

namespace Turnstone.Server.Tests.Operations;

/// <summary>
/// Which native libraries a publish puts into the container image beside the program (docs/adr/0013); the image itself
/// is built and run by tests/container/run.
/// </summary>
public sealed class ContainerImageTests : IDisposable
{
    private readonly DirectoryInfo folder = System.IO.Directory.CreateTempSubdirectory("turnstone-image-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("linux-x64", "carry", "libargon2.so.1")]
    [InlineData("linux-x64", "base")]
    [InlineData("win-x64", "carry")]
    public async Task Only_libargon2_is_copied_and_only_into_an_image_that_it_fits(
        string platform,
        string libraries,
        params string[] copied
    )
    {
        var (code, output) = await CarryAsync(platform, libraries);

        Assert.True(code == 0, output);
        string[] files = [.. folder.GetFiles("*", SearchOption.AllDirectories).Select(file => file.Name)];
        Assert.Equal(copied, files);
        Assert.Equal(
            libraries == "carry" && copied.Length == 0,
            output.Contains("The image has no libargon2", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_choice_that_is_none_stops_the_publish()
    {
        var (code, output) = await CarryAsync("linux-x64", "neither");

        Assert.NotEqual(0, code);
        Assert.Contains("it has to be carry or base", output, StringComparison.Ordinal);
    }

    // The step of the publish that copies, by itself: the whole would need a base image.
    private async Task<(int Code, string Output)> CarryAsync(string platform, string libraries)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "msbuild",
                Path.Combine(Repository.Root, "src/Turnstone.Server/Turnstone.Server.csproj"),
                "-nologo",
                "-nodeReuse:false",
                "-target:CarryContainerLibraries",
                $"-property:ContainerLibraries={libraries};ContainerRuntimeIdentifier={platform}",
                $"-property:NETCoreSdkPortableRuntimeIdentifier=linux-x64;PublishDir={folder.FullName}/",
            ]
        )
        {
            RedirectStandardOutput = true,
        };
        using var build = Process.Start(start)!;
        var output = await build.StandardOutput.ReadToEndAsync(Cancel);
        await build.WaitForExitAsync(Cancel);
        return (build.ExitCode, output);
    }
}
