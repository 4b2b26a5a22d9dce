// An answer that goes to the client as a form (OAuth 2.0 Form Post Response Mode) is sent at once.
document.querySelector("form[data-send-now]")?.submit();
