import { account, find, toast } from "./common.js";

const welcome = () => {
  find("#entrance").hidden = true;
  find("#welcome").hidden = false;
};

find("#entrance").onsubmit = async (event) => {
  event.preventDefault();
  const [email, password] = [find("#who").value, find("#secret").value];
  const { error } = await account.auth.signInWithPassword({ email, password });
  error ? toast("Nobody by that name and secret") : welcome();
};
const { data } = await account.auth.getSession();
if (data.session) welcome();
