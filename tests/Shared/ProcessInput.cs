using System.Diagnostics;

namespace Turnstone.Testing;

internal static class ProcessInput
{
    /// <summary>Types a text and ends the input. Some programs end before they have read it.</summary>
    public static async Task TypeAsync(this Process process, string text)
    {
        try
        {
            await process.StandardInput.WriteAsync(text);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended: its exit code and its words tell how.
        }
    }
}
