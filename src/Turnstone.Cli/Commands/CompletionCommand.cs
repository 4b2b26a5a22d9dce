using System.CommandLine;
using System.Text.Json.Nodes;

namespace Turnstone.Cli.Commands;

/// <summary>The script of a shell that asks this program what may come next.</summary>
internal sealed class CompletionCommand : Command
{
    // Only the words of the command are passed on: what stands before it on the line, as a secret in a variable, would
    // be seen by everyone in the list of processes. And no word that comes back is expanded: compgen -W would.
    private const string Bash = """
        _turnstone() {
          local line="${COMP_LINE:0:COMP_POINT}" begun="${COMP_WORDS[COMP_CWORD]}" word
          COMPREPLY=()
          while IFS= read -r word; do
            if [[ $word == "$begun"* ]]; then COMPREPLY+=("$word"); fi
          done < <(turnstone "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -F _turnstone turnstone
        """;

    private const string Zsh = """
        #compdef turnstone
        _turnstone() {
          local -a said=(turnstone "${(@)words[2,CURRENT-1]}" "$PREFIX") words_found
          local line="${(j: :)said}"
          words_found=("${(@f)$(turnstone "[suggest:${#line}]" "$line" 2>/dev/null)}")
          compadd -a words_found
        }
        compdef _turnstone turnstone
        """;

    private const string Fish = """
        function __turnstone_complete
            set -l line (commandline -cp | string replace -r '^.*?(?=turnstone(\s|$))' '')
            turnstone "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c turnstone -f -a '(__turnstone_complete)'
        """;

    // PowerShell counts from the beginning of the whole line, leaves out a space at its end, and inserts what it is
    // given as it is: a word that it would expand is quoted.
    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName turnstone -ScriptBlock {
            param($begun, $command, $cursor)
            $typed = $command.Extent.Text.PadRight($cursor - $command.Extent.StartOffset)
            $typed = $typed.Substring(0, $cursor - $command.Extent.StartOffset)
            $words = $typed.Substring($command.CommandElements[0].Extent.EndOffset - $command.Extent.StartOffset)
            turnstone "[suggest:$(9 + $words.Length)]" "turnstone$words" 2>$null | ForEach-Object {
                if ($_ -and $_.StartsWith($begun, [StringComparison]::Ordinal)) {
                    $text = $_
                    if ($_ -notmatch '^[A-Za-z0-9./:=?_-]+$') {
                        $text = [Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($_)
                        $text = "'$text'"
                    }
                    [Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
                }
            }
        }
        """;

    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = Bash,
        ["zsh"] = Zsh,
        ["fish"] = Fish,
        ["pwsh"] = PowerShell,
    };

    public CompletionCommand(CommandContext context)
        : base("completion", "Prints the script that completes words in a shell.")
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Add(shell);
        SetAction(parsed =>
        {
            var script = Scripts[parsed.GetRequiredValue(shell)];
            return context.Terminal.Answer(new JsonObject { ["script"] = script }, script);
        });
    }
}
