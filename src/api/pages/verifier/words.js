// What people read of a verdict, as `{vi, en}`: the words of the registry's own `domain/wording.rs`.

const VIETNAM_OFFSET = 7 * 3600;

const say = (vi, en) => ({ vi, en });

const CANNOT_CONFIRM_YET = say("Chưa xác minh được", "Cannot confirm yet");

const CONNECT_AND_TRY_AGAIN = say(
  "Kết nối mạng, kiểm tra ngày giờ của điện thoại, rồi thử lại.",
  "Connect, check the phone's date and time, and try again.",
);

export const ABOUT_THE_CARD = say(
  "Kết quả này nói về tấm thẻ, không quyết định ai là nhà báo.",
  "This result is about the card; it does not decide who is a journalist.",
);

export const ONLY_THE_REGISTRY = say(
  "Mã gõ tay chỉ hệ thống mới kiểm tra được: kết nối mạng, hoặc quét mã QR.",
  "Only the registry can check a typed code: connect, or scan the QR.",
);

export const NO_CAMERA = say(
  "Không dùng được máy ảnh: hãy cho phép, hoặc gõ mã in bên cạnh QR.",
  "The camera cannot be used: allow it, or type the code printed beside the QR.",
);

export const FOREIGN_ADDRESS = say(
  "Địa chỉ ghi trong mã không phải của hệ thống này: trang mà máy ảnh mở ra là của người khác.",
  "The address in the code is not this registry's: the page that a camera opens is somebody else's.",
);

const isLetter = (card) => card.kind === "introduction_letter";
const paper = (card) => (isLetter(card) ? say("Giấy giới thiệu", "letter") : say("Thẻ", "card"));

/** The verdict in words. */
export function headline({ verdict, reason, card }) {
  if (verdict === "not_ours") return say("Mã này không phải của hệ thống này", "Not a code of this registry");
  if (verdict === "cannot_confirm") return CANNOT_CONFIRM_YET;
  const { vi, en } = paper(card);
  switch (reason) {
    case "expired":
      return say(`${vi} đã hết hạn ngày ${date(card.expires - 1)}`, `Expired on ${date(card.expires - 1)}`);
    case "not_yet_valid":
      return say(`Chưa đến ngày có hiệu lực (${date(card.notBefore)})`, `Not yet valid (${date(card.notBefore)})`);
    case "withdrawn":
      return say(`${vi} không còn hiệu lực`, "No longer valid");
    case "forged":
      return say(`${vi} giả mạo`, `Forged ${en}`);
    default:
      return say(`${vi} hợp lệ`, `Valid ${en}`);
  }
}

/** What to do next. `phone` is the hotline. */
export function nextStep({ verdict, reason, card, listAge }, phone) {
  if (verdict === "not_ours") {
    return say(
      `Điều này không có nghĩa người xuất trình không phải là nhà báo. Hỏi giấy giới thiệu hoặc gọi ${phone}.`,
      `This does not mean the person is no journalist. Ask for a letter of introduction or call ${phone}.`,
    );
  }
  switch (reason) {
    case null:
      return isLetter(card)
        ? say("Kiểm tra nơi đến, nội dung và thời gian ghi bên dưới.", "Check the place, work and dates below.")
        : say("So khuôn mặt và họ tên với người xuất trình.", "Compare face and name with the person.");
    case "expired":
      return isLetter(card)
        ? say("Đề nghị người xuất trình liên hệ cơ quan báo chí để xin giấy mới.", "The holder can ask the agency for a new letter.")
        : say("Đề nghị người xuất trình liên hệ cơ quan báo chí để đổi thẻ.", "The holder can ask the agency for a renewal.");
    case "not_yet_valid":
      return say("Kiểm tra lại từ ngày ghi trên.", "Check again from that date.");
    case "withdrawn":
      return say(
        `Không dùng ${paper(card).vi.toLowerCase()} này để làm việc. Gọi ${phone} nếu người xuất trình cho là nhầm.`,
        `Do not accept this ${paper(card).en}. Call ${phone} if the holder says it is a mistake.`,
      );
    case "forged":
      return say(
        `Giữ bình tĩnh, ghi lại sự việc, báo cáo hoặc gọi ${phone}.`,
        `Stay calm, note what happened, report it or call ${phone}.`,
      );
    case "no_fresh_list":
      return unknownSince(listAge);
    default:
      return CONNECT_AND_TRY_AGAIN;
  }
}

function unknownSince(listAge) {
  if (listAge === null) {
    return say(
      "Chữ ký đúng; chưa biết tình trạng thẻ. Kết nối mạng rồi thử lại.",
      "The signature is genuine; its state is not known. Connect and try again.",
    );
  }
  const { vi, en } = age(listAge);
  return say(
    `Chữ ký đúng; tình trạng thẻ chưa cập nhật từ ${vi} trước. Kết nối mạng rồi thử lại.`,
    `The signature is genuine; its state is unknown since ${en} ago. Connect and try again.`,
  );
}

/** How old the list is. */
export function listAgeWords(seconds) {
  if (seconds === null) return say("Chưa có danh sách", "No list at hand");
  const { vi, en } = age(seconds);
  return say(`Danh sách cập nhật ${vi} trước`, `List updated ${en} ago`);
}

/** A length of time in its largest whole unit. */
function age(seconds) {
  const [unit, vi, en] =
    seconds < 60 ? [1, "giây", "second"]
    : seconds < 3600 ? [60, "phút", "minute"]
    : seconds < 86400 ? [3600, "giờ", "hour"]
    : [86400, "ngày", "day"];
  const count = Math.floor(seconds / unit);
  return say(`${count} ${vi}`, `${count} ${en}${count === 1 ? "" : "s"}`);
}

/** The day of an instant in Việt Nam, as dd/mm/yyyy. */
function date(seconds) {
  // The last day that a card can have is in the year 10000 there, which is written "+010000".
  return inVietnam(seconds)[0].replace("+0", "").split("-").reverse().join("/");
}

const inVietnam = (seconds) => new Date((seconds + VIETNAM_OFFSET) * 1000).toISOString().split("T");

/** What is printed on a card, line by line: its name and its value. Cards count in days, letters in minutes. */
export function lines(card) {
  const moment = (at) => `${inVietnam(at)[1].slice(0, 5)}, ${date(at)} (UTC+07:00)`;
  const [from, until] = isLetter(card)
    ? [moment(card.notBefore), moment(card.expires)]
    : [date(card.notBefore), date(card.expires - 1)];
  const all = [
    [say("Họ tên", "Name"), card.name],
    [say("Cơ quan báo chí", "Agency"), card.agency],
    [say("Loại", "Kind"), KIND_NAMES[card.kind]],
    [say("Số", "Number"), card.number],
    [say("Có hiệu lực từ", "Valid from"), from],
    [say("Đến", "Until"), until],
    [say("Nơi đến", "Place"), card.place],
    [say("Cơ quan, tổ chức", "Unit visited"), card.unitVisited],
    [say("Nội dung", "Work"), card.work],
  ];
  return all.filter(([, value]) => value !== undefined);
}

const KIND_NAMES = {
  press_card: say("Thẻ nhà báo", "Press card"),
  introduction_letter: say("Giấy giới thiệu", "Letter of introduction"),
  collaborator_card: say("Thẻ cộng tác viên", "Collaborator card"),
};
